import { readFileSync } from "node:fs";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { drawn, share, size, walk, type Weight } from "../src/weight/model";

const TOP: Weight = {
  name: "Été",
  bytes: 1000,
  parts: [
    { name: "packages", bytes: 900, parts: [{ name: "a.so", bytes: 500 }, { name: "b", bytes: 300 }, { name: "c", bytes: 60 }, { name: "d", bytes: 40 }] },
    { name: "shell", bytes: 100 },
  ],
};

describe("the drawing", () => {
  it("says lengths in three digits", () => {
    expect([0, 999, 999.6, 1000, 99_949, 99_951, 116_448_000].map(size)).toEqual(["0 B", "999 B", "1.0 kB", "1.0 kB", "99.9 kB", "100 kB", "116 MB"]);
  });

  it("says parts", () => {
    expect([share(1, 3), share(1, 20), share(1, 5000), share(0, 0)]).toEqual(["33 %", "5.0 %", "<0.1 %", "0.0 %"]);
  });

  it("puts the small parts of a folder together, and loses no byte", () => {
    const packages = drawn(TOP, 2, 2).parts?.[0];
    expect(packages?.parts).toEqual([{ name: "a.so", bytes: 500 }, { name: "b", bytes: 300 }, { name: "2 others", bytes: 100 }]);
    expect(drawn(TOP, 3, 2).parts?.[0]?.parts).toHaveLength(4);
    expect(drawn(TOP, 2, 1).parts).toEqual([{ name: "packages", bytes: 900 }, { name: "shell", bytes: 100 }]);
  });

  it("walks to a folder, and stops before a file or what is not there", () => {
    const names = (path: string[]) => walk(TOP, path).map(({ name }) => name);
    expect(names(["packages", "a.so"])).toEqual(["Été", "packages"]);
    expect(names(["gone", "packages"])).toEqual(["Été"]);
  });
});

describe("the page", () => {
  beforeEach(() => {
    document.head.replaceChildren();
    document.body.replaceChildren();
    vi.stubGlobal("matchMedia", () => ({ matches: false, addEventListener: () => undefined }));
    const data = document.createElement("script");
    data.type = "application/json";
    data.id = "report";
    data.textContent = JSON.stringify({ name: "Été", version: "1", files: [{ name: "ete.deb", bytes: 400 }], weight: TOP });
    document.body.append(data);
    // The built file, as the command puts it into a report.
    new Function(readFileSync("dist-report/weight.js", "utf8"))();
  });

  const names = () => [...document.querySelectorAll("ol .name")].map((it) => it.textContent);

  it("lists a folder, and opens one that is clicked", () => {
    expect(document.querySelector("header")?.textContent).toContain("400 B ete.deb");
    expect(names()).toEqual(["packages", "shell"]);
    document.querySelector<HTMLElement>("ol button")?.click();
    expect(names()).toEqual(["a.so", "b", "c", "d"]);
    expect(document.activeElement?.textContent).toBe("packages");
    document.querySelector<HTMLElement>("nav button")?.click();
    expect(names()).toEqual(["packages", "shell"]);
  });
});
