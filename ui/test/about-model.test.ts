import { describe, expect, it } from "vitest";
import { matches, person, shellLicences, shellText, works } from "../src/about/model";

const SHELL = { works: [{ name: "tauri", version: "2", licence: "MIT OR Apache-2.0", texts: [1, 0] }], texts: ["Apache", "MIT"] };

describe("the works", () => {
  const all = works([{ name: "Python", version: "3.11.7", licence: "PSF-2.0" }], SHELL);

  it("are those of the app and of the shell, each with its place in its own list", () => {
    expect(all.map(({ group, name, place }) => [group, name, place])).toEqual([
      ["python", "Python", 0],
      ["shell", "tauri", 0],
    ]);
  });

  it("are found by all words of a search, in the name or the licence", () => {
    expect(all.filter((work) => matches(work, "TAU mit")).map(({ name }) => name)).toEqual(["tauri"]);
    expect(all.filter((work) => matches(work, "tauri psf"))).toEqual([]);
    expect(all.filter((work) => matches(work, ""))).toHaveLength(2);
  });
});

describe("what comes with the screens", () => {
  it("gives a text that many share", () => {
    expect(shellText(SHELL, 0)).toBe("MIT\n\nApache");
    expect(shellText(SHELL, 9)).toBe("");
  });

  it.each([null, "x", {}, { works: 1, texts: [] }])("may be missing or nonsense: %s", (given) => {
    expect(shellLicences(given)).toEqual({ works: [], texts: [] });
  });
});

it("takes the address from an author's name", () => {
  expect(person("Ada Lovelace <ada@example.org>")).toBe("Ada Lovelace");
  expect(person("Ada")).toBe("Ada");
});
