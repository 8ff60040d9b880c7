/**
 * The sound of a call that arrives: two short rings and a pause, made here and nobody's record. Loud enough to be noticed,
 * soft enough for eight hours.
 */

const RATE = 22_050;
const LENGTH_S = 3;

/** When it sounds, in seconds. */
const RINGS = [
  [0, 0.4],
  [0.6, 1],
];

/** What it sounds of, in Hz, each with its share. */
const TONES = [
  [523.25, 0.5],
  [659.25, 0.35],
  [1046.5, 0.15],
];

const FADE_S = 0.04;
const LOUDNESS = 0.35;

/**
 * How loud it is at a time: it swells and dies away, so that nothing clicks.
 *
 * @param {number} at
 */
function loudness(at) {
  const [from = 0, to = 0] = RINGS.find(([begin = 0, end = 0]) => at >= begin && at < end) ?? [];
  return Math.max(0, Math.min(1, (at - from) / FADE_S, (to - at) / FADE_S)) * LOUDNESS;
}

export class RingTone {
  /** @type {AudioContext | null} */
  #context = null;
  /** @type {AudioBufferSourceNode | null} */
  #source = null;

  /** Whether it is heard, or will be as soon as the browser lets it. */
  get isRinging() {
    return this.#source !== null;
  }

  /** Ring, until `stop`. */
  start() {
    if (this.#source) {
      return;
    }
    const context = (this.#context ??= new AudioContext());
    const buffer = context.createBuffer(1, LENGTH_S * RATE, RATE);
    const samples = buffer.getChannelData(0);
    for (let index = 0; index < samples.length; index += 1) {
      const at = index / RATE;
      const volume = loudness(at);
      samples[index] = volume && volume * TONES.reduce((sum, [hertz = 0, share = 0]) => sum + share * Math.sin(2 * Math.PI * hertz * at), 0);
    }
    this.#source = context.createBufferSource();
    this.#source.buffer = buffer;
    this.#source.loop = true;
    this.#source.connect(context.destination);
    this.#source.start();
    this.#resume(); // it may be on its way into suspension
  }

  stop() {
    this.#source?.stop();
    this.#source = null;
    this.#context?.suspend().catch(() => {});
  }

  /** Browsers let a page sound only after somebody has pressed something there. */
  wake() {
    if (this.#source && this.#context?.state === "suspended") {
      this.#resume();
    }
  }

  #resume() {
    this.#context?.resume().catch(() => {}); // then it is not heard; it is still seen
  }
}
