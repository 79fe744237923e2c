/** Four notes as a WAV file, computed. Pure. */
const rate = 22_050;
const notes = [523.25, 659.25, 783.99, 1046.5];
const noteSeconds = 0.5;

function sample(at: number): number {
  const note = Math.min(notes.length - 1, Math.floor(at / noteSeconds));
  const within = at - note * noteSeconds;
  // A bell: loud at once, then dying away; a little of the octave above.
  const loudness = Math.exp(-5 * within) * Math.min(1, within * 200);
  const phase = 2 * Math.PI * (notes[note] ?? 0) * within;
  return loudness * (0.7 * Math.sin(phase) + 0.2 * Math.sin(2 * phase));
}

export function makeChime(): Buffer {
  const count = Math.round(rate * noteSeconds * notes.length);
  const file = Buffer.alloc(44 + count * 2);
  file.write("RIFF", 0, "latin1");
  file.writeUInt32LE(36 + count * 2, 4);
  file.write("WAVEfmt ", 8, "latin1");
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(rate, 24);
  file.writeUInt32LE(rate * 2, 28);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write("data", 36, "latin1");
  file.writeUInt32LE(count * 2, 40);
  for (let index = 0; index < count; index++) {
    file.writeInt16LE(Math.round(sample(index / rate) * 28_000), 44 + index * 2);
  }
  return file;
}
