// The end of a shift, from the call screen: asked for first, so that a page with a call never goes away by itself.
import { post, tell } from "./ask.js";

const form = document.getElementById("sign-out");

form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    location.assign((await post("/sign-out")).to);
  } catch (error) {
    tell("seat", error.message, true);
  }
});
