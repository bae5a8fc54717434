// One telephone line over JsSIP: signs in at Asterisk, takes one call at a time, and keeps it when the signalling is lost.
// `tell()` after every change; what there is stands in `signal` and `call`. Nothing here knows the page.
const AGAIN_S = { least: 1, most: 2 }, AGAIN_MS = 5000;
const RENEW_S = 120;
const CHANGE_MS = 100;
const GATHER_MS = 60; // after the first way out of this computer: Asterisk learns the others by itself
const LEFT_ALONE = { extraHeaders: ["Reason: Q.850;cause=41"] }; // not "she hung up": the caller is the next in line
const NO_SERVERS = { iceServers: [] };

export class Line {
  constructor(JsSIP, account, { tell, renew, heard, busy }) {
    this.signal = "connecting"; // up, lost, refused
    this.why = "";
    this.call = null; // { state: ringing|talking, held, muted, from, silentSince }
    this.tell = tell;
    this.heard = heard;
    this.renew = renew;
    this.busy = busy;
    JsSIP.debug.disable();
    this.ua = new JsSIP.UA({
      sockets: [new JsSIP.WebSocketInterface(account.socket)],
      uri: `sip:${account.user}@${new URL(account.socket).hostname}`,
      authorization_user: account.user, realm: account.realm, ha1: account.ha1,
      register_expires: RENEW_S, session_timers: false, user_agent: "112 page",
      connection_recovery_min_interval: AGAIN_S.least, connection_recovery_max_interval: AGAIN_S.most,
    });
    this.ua.on("registered", () => { this.set("up"); this.sayWhereIAm(); });
    this.ua.on("disconnected", () => this.set("lost"));
    this.ua.on("registrationFailed", ({ cause }) => this.set(cause === "Connection Error" ? "lost" : "refused", cause));
    this.ua.on("unregistered", () => this.signal === "up" && this.set("lost"));
    this.ua.on("registrationExpiring", () => this.renewed());
    this.ua.on("newRTCSession", ({ session, originator }) => this.came(session, originator));
    this.ua.start();
  }

  set(signal, why = "") {
    this.signal = signal;
    this.why = why;
    this.insist();
    this.tell();
  }

  // JsSIP opens a lost socket again by itself, but does not repeat a sign-in that was refused or got no answer.
  insist() {
    clearTimeout(this.again);
    if (this.signal === "up") return;
    this.again = setTimeout(() => { if (this.ua.isConnected()) this.ua.register(); this.insist(); }, AGAIN_MS);
  }

  async renewed() {
    if (await this.renew()) this.ua.register(); // else this person sits here no more
  }

  // Asterisk lost us in mid-call and found us again: until it hears where we are, its BYE would not arrive.
  sayWhereIAm() {
    if (this.hangUpLater) this.hangUp();
    else if (this.session?.isEstablished()) this.session.renegotiate();
  }

  came(session, originator) {
    if (this.session || originator !== "remote" || this.busy()) { session.terminate({ status_code: 486 }); return; }
    this.session = session;
    this.call = { state: "ringing", held: false, muted: false, from: session.remote_identity.uri.user, silentSince: 0 };
    let gathering = 0;
    session.on("icecandidate", ({ ready }) => { gathering ||= setTimeout(ready, GATHER_MS); });
    session.on("peerconnection", ({ peerconnection }) => {
      peerconnection.addEventListener("track", ({ track, streams }) => this.heard(streams[0] || new MediaStream([track])));
    });
    session.on("accepted", () => this.change({ state: "talking" }));
    session.on("hold", ({ originator: who }) => who === "local" && this.change({ held: true }));
    session.on("unhold", ({ originator: who }) => who === "local" && this.change({ held: false }));
    session.on("muted", () => this.change({ muted: true }));
    session.on("unmuted", () => this.change({ muted: false }));
    session.on("ended", () => this.over());
    session.on("failed", ({ cause }) => this.over(cause));
    this.tell();
  }

  change(what) {
    if (!this.call) return;
    Object.assign(this.call, what);
    this.tell();
  }

  over(cause = "") {
    this.session = this.call = null;
    this.hangUpLater = false;
    this.packets = undefined;
    this.heard(null);
    this.tell(cause);
  }

  answer(stream) {
    if (this.call?.state !== "ringing") return;
    this.session.answer({ mediaStream: stream, pcConfig: NO_SERVERS });
    this.change({ state: "answering" });
  }

  // Without signalling the BYE would be lost, and the caller would wait for a phone that is down: as soon as it is back.
  hangUp() {
    if (!this.session) return;
    if (this.signal !== "up" && this.session.isEstablished()) { this.hangUpLater = true; this.session.mute(); this.tell(); return; }
    this.session.terminate();
  }

  // While the change before is still on its way JsSIP asks for no other: a key is late then, not lost.
  hold() {
    if (!this.canChange) return;
    const asked = this.call.held ? this.session.unhold() : this.session.hold();
    if (!asked) setTimeout(() => this.hold(), CHANGE_MS);
  }

  mute() {
    if (this.call?.muted) this.session.unmute(); else this.session?.mute();
  }

  press(digit) {
    if (this.session?.isEstablished()) this.session.sendDTMF(digit, { transportType: "RFC2833", duration: 120 });
  }

  // JsSIP ends a call whose change fails, so none is asked for without signalling.
  get canChange() {
    return this.signal === "up" && Boolean(this.session?.isEstablished());
  }

  // Another microphone in the middle of a call.
  speakThrough(stream) {
    const sender = this.session?.connection?.getSenders().find(({ track }) => track?.kind === "audio");
    const track = stream.getAudioTracks()[0];
    if (this.call?.muted) track.enabled = false;
    return sender?.replaceTrack(track);
  }

  // Once a second: since when no sound packet has come (0: they come).
  async listen() {
    const connection = this.session?.connection;
    if (!connection || this.call?.state !== "talking") return 0;
    let packets = 0;
    for (const each of (await connection.getStats()).values()) if (each.type === "inbound-rtp") packets = each.packetsReceived;
    if (this.call && packets !== this.packets) Object.assign(this.call, { silentSince: 0 });
    else if (this.call) this.call.silentSince ||= performance.now();
    this.packets = packets;
    return this.call?.silentSince || 0;
  }

  // It ended at the far end, and nobody could tell us.
  leaveCall() {
    try { this.session?.terminate(LEFT_ALONE); } catch { this.over(); }
  }

  // The page goes, or the phone must not be trusted any more.
  leave() {
    clearTimeout(this.again);
    try { this.session?.terminate(this.session.isEstablished() ? LEFT_ALONE : { status_code: 480 }); } catch { /* over already */ }
    this.ua.stop();
  }
}
