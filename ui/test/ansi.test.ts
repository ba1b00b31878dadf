import { describe, expect, it } from "vitest";
import { parseLine, plainText, PLAIN, type Look } from "../src/ansi";
import { contrast, cssColour, fixedColour, inkOn, readable } from "../src/colour";

const spans = (line: string) => parseLine(line, PLAIN).spans;
const plain = (line: string) => plainText(spans(line));
const lookOf = (sequence: string): Look => {
  const span = spans(`\x1b[${sequence}mx`)[0];
  if (span === undefined) throw new Error("no text");
  return span.look;
};

describe("colours and weights", () => {
  it("leaves plain text in one piece", () => {
    expect(spans("plain <b>text</b> & ünïcode ✓")).toEqual([{ text: "plain <b>text</b> & ünïcode ✓", look: PLAIN }]);
  });

  it("cuts a line where the look changes", () => {
    expect(spans("a\x1b[31mb\x1b[0mc")).toEqual([
      { text: "a", look: PLAIN },
      { text: "b", look: { ...PLAIN, colour: 1 } },
      { text: "c", look: PLAIN },
    ]);
  });

  it.each([
    ["1", { bold: true }],
    ["2", { faint: true }],
    ["3;4;9", { italic: true, underline: true, strike: true }],
    ["7", { inverse: true }],
    ["37", { colour: 7 }],
    ["97", { colour: 15 }],
    ["41", { ground: 1 }],
    ["101", { ground: 9 }],
    ["1;31;44", { bold: true, colour: 1, ground: 4 }],
    ["38;5;208", { colour: 208 }],
    ["48;5;17;1", { ground: 17, bold: true }],
    ["38;2;255;140;0", { colour: "#ff8c00" }],
    ["38:2:255:140:0", { colour: "#ff8c00" }],
    ["31;39", {}],
    ["1;22", {}],
    ["31;", {}],
    ["", {}],
  ])("reads %s", (sequence, expected) => {
    expect(lookOf(sequence)).toEqual({ ...PLAIN, ...expected });
  });

  it.each(["38;5", "38;2;1;2", "38;5;999", "38;2;1;2;300", "999", "38"])("does not colour by the broken sequence %s", (sequence) => {
    expect(lookOf(sequence)).toEqual(PLAIN);
  });

  it("carries the look over the end of a line, as a terminal does", () => {
    const first = parseLine("\x1b[32mgreen", PLAIN);
    expect(parseLine("still\x1b[0m not", first.end).spans.map((span) => span.look.colour)).toEqual([2, null]);
  });
});

describe("what is dropped", () => {
  it.each([
    ["\x1b[2K\x1b[1Gtext", "text"],
    ["\x1b]0;title\x07text", "text"],
    ["\x1b]8;;https://example.org\x1b\\link\x1b]8;;\x1b\\", "link"],
    ["\x1b(Btext\x1b=", "text"],
    ["a\x00b\x07c\x08d", "abcd"],
    ["tab\tstays", "tab\tstays"],
    ["cut off \x1b[", "cut off "],
  ])("%j", (line, expected) => {
    expect(plain(line)).toBe(expected);
  });
});

describe("carriage returns", () => {
  it.each([
    ["text\r", "text"],
    ["10%\r20%\r30%", "30%"],
    ["10%\r20%\r", "20%"],
    ["10%\r\x1b[K20%", "20%"],
    ["10%\r\x1b[34m20%\x1b[0m", "20%"],
    ["\r\rtext", "text"],
  ])("%j", (line, expected) => {
    expect(plain(line)).toBe(expected);
  });

  it("keeps the colour of the text that stays", () => {
    expect(spans("old\r\x1b[34mnew")).toEqual([{ text: "new", look: { ...PLAIN, colour: 4 } }]);
  });
});

describe("cssColour", () => {
  it("takes the first sixteen from the theme and computes the others as xterm does", () => {
    expect(cssColour(9)).toBe("var(--ansi-9)");
    expect(cssColour(16)).toBe("#000000");
    expect(cssColour(208)).toBe("#ff8700");
    expect(cssColour(231)).toBe("#ffffff");
    expect(cssColour(232)).toBe("#080808");
    expect(cssColour(255)).toBe("#eeeeee");
  });
});

describe("text on a ground of its own", () => {
  it("has the usual colours in light and dark", () => {
    expect(fixedColour(15)).toBe("#ffffff");
    expect(fixedColour(24)).toBe("#005f87");
  });

  it.each([
    [0, "#ffffff"],
    [4, "#ffffff"],
    [24, "#ffffff"],
    [3, "#000000"],
    [15, "#000000"],
    ["#ff8c00", "#000000"],
    [17, "#ffffff"],
  ])("is readable on %s", (ground, ink) => expect(inkOn(ground)).toBe(ink));
});

describe("readable", () => {
  it.each(["#ff8c00", "#ffff00", "#ffffff", "#000000", "#0000ee", "#777777"])("moves %s no further than it must", (colour) => {
    for (const ground of ["#ffffff", "#0e1117"]) {
      expect(contrast(readable(colour, ground), ground)).toBeGreaterThanOrEqual(4.5);
      if (contrast(colour, ground) >= 4.5) expect(readable(colour, ground)).toBe(colour);
    }
  });
});
