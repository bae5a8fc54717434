// Sentences in the language of the person; the page brings them as data: t(sentence, values).
const node = document.getElementById("words");
const words = node ? JSON.parse(node.textContent) : {};

export function t(sentence, values = {}) {
  const said = words[sentence] || sentence;
  return said.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}
