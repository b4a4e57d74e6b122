import { randomBytes } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { type Frame, FrameCutter } from "../../../common/storage/frames.js";

const bytesOf = ({ pieces }: Frame) => Buffer.concat(pieces);

const anyCase = fc.record({
  frameBytes: fc.integer({ min: 1, max: 9 }),
  pushes: fc.array(fc.uint8Array({ maxLength: 30 }).map((bytes) => Buffer.from(bytes))),
});

describe("A frame cutter", () => {
  test("gives all content in frames of equal size, and says of the last one alone that it is", () => {
    fc.assert(
      fc.property(anyCase, ({ frameBytes, pushes }) => {
        const cutter = new FrameCutter({ frameBytes });
        const before = pushes.flatMap((bytes) => cutter.push(bytes));
        const frames = [...before, cutter.finish()];

        const content = Buffer.concat(pushes);
        expect(Buffer.concat(frames.map(bytesOf))).toEqual(content);
        expect(frames.map(({ n }) => n)).toEqual(frames.map((_, index) => index));
        expect(frames.map(({ isLast }) => isLast)).toEqual([...before.map(() => false), true]);
        expect(before.every(({ sizeBytes }) => sizeBytes === frameBytes)).toBe(true);
        expect(frames.at(-1)?.sizeBytes).toBe(
          content.length === 0 ? 0 : ((content.length - 1) % frameBytes) + 1,
        );
        expect(frames.every((frame) => bytesOf(frame).length === frame.sizeBytes)).toBe(true);
      }),
    );
  });

  test("goes on from what another one held, as if there had been one only", () => {
    fc.assert(
      fc.property(anyCase, fc.nat(), ({ frameBytes, pushes }, cutAfter) => {
        const whole = new FrameCutter({ frameBytes });
        const expected = [...pushes.flatMap((bytes) => whole.push(bytes)), whole.finish()];

        const [early, late] = [pushes.slice(0, cutAfter), pushes.slice(cutAfter)];
        const first = new FrameCutter({ frameBytes });
        const frames = early.flatMap((bytes) => first.push(bytes));
        const held = first.rest();
        const second = new FrameCutter({ frameBytes, firstFrame: frames.length, held });
        frames.push(...late.flatMap((bytes) => second.push(bytes)), second.finish());

        expect(held.length).toBeLessThanOrEqual(frameBytes);
        const plain = (list: Frame[]) =>
          list.map((frame) => ({ ...frame, pieces: bytesOf(frame) }));
        expect(plain(frames)).toEqual(plain(expected));
      }),
    );
  });

  test("copies nothing: a frame's pieces are those that came", () => {
    const content = randomBytes(10);
    const cutter = new FrameCutter({ frameBytes: 10 });

    cutter.push(content);

    expect(cutter.finish().pieces[0]?.buffer).toBe(content.buffer);
  });
});
