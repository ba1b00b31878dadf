import { hierarchy, treemap, type HierarchyRectangularNode } from "d3-hierarchy";
import { h } from "../dom";
import tokens from "../look/tokens.css?inline";
import { drawn, share, size, walk, type Report, type Weight } from "./model";
import style from "./weight.css?inline";

/** How many parts of a folder are drawn by themselves, and how many levels. */
const MOST = 60;
const LEVELS = 3;
/** The height of a folder's name in the drawing, in pixels. */
const HEAD = 22;
/** How many shades the parts of a folder take turns in. */
const SHADES = 8;

/** Draws where the bytes of an app go: as areas, and as a list for those who read or hear better than they see. */
function open(report: Report): void {
  const map = h("div", { class: "map", "aria-hidden": "true" });
  const trail = h("nav", { "aria-label": "Folder" });
  const list = h("ol", {});
  const files = report.files.map(({ name, bytes }) => h("li", {}, h("b", {}, size(bytes)), ` ${name}`));
  document.head.append(h("style", {}, tokens), h("style", {}, style));
  document.title = `${report.name} ${report.version}: size`;
  document.body.append(
    h("header", {}, h("h1", {}, `${report.name} ${report.version}`), h("p", {}, `${size(report.weight.bytes)} installed`), h("ul", {}, ...files)),
    h("main", {}, h("div", { class: "left" }, trail, map), list),
  );

  let path: string[] = [];
  const enter = (to: string[]) => {
    path = walk(report.weight, to).slice(1).map(({ name }) => name);
    show();
    trail.querySelector<HTMLElement>("[aria-current]")?.focus();
  };

  const show = () => {
    const folders = walk(report.weight, path);
    const folder = folders.at(-1) ?? report.weight;
    trail.replaceChildren(
      ...folders.map((each, depth) => {
        const button = h("button", { type: "button", ...(each === folder ? { "aria-current": "location" } : {}) }, each.name);
        button.addEventListener("click", () => enter(path.slice(0, depth)));
        return button;
      }),
      h("span", {}, `${size(folder.bytes)} · ${share(folder.bytes, report.weight.bytes)}`),
    );
    list.replaceChildren(...(folder.parts ?? []).slice(0, 500).map((part, index) => row(part, folder, index)));
    draw(folder);
  };

  const row = (part: Weight, folder: Weight, index: number) => {
    const label = [h("span", { class: "name" }, part.name), h("span", { class: "bytes" }, size(part.bytes)), h("span", { class: "part" }, share(part.bytes, folder.bytes))];
    const item = h("li", { class: `shade-${index % SHADES}` });
    item.style.setProperty("--part", `${folder.bytes > 0 ? (100 * part.bytes) / folder.bytes : 0}%`);
    if (part.parts === undefined || part.parts.length === 0) {
      item.append(h("div", {}, ...label));
    } else {
      const button = h("button", { type: "button" }, ...label);
      button.addEventListener("click", () => enter([...path, part.name]));
      item.append(button);
    }
    return item;
  };

  const draw = (folder: Weight) => {
    const { clientWidth: width, clientHeight: height } = map;
    const tree = hierarchy(drawn(folder, MOST, LEVELS), (each) => each.parts).sum((each) => (each.parts === undefined ? each.bytes : 0));
    const layout = treemap<Weight>()
      .size([width, height])
      .paddingInner(2)
      .paddingOuter((node) => (node.depth === 0 ? 0 : 2))
      .paddingTop((node) => (node.depth === 0 || node.x1 - node.x0 < 40 || node.y1 - node.y0 < 2 * HEAD ? 0 : HEAD));
    const cells = layout(tree).descendants().filter((node) => node.depth > 0);
    map.replaceChildren(...cells.filter(isSeen).map(cell));
  };

  const cell = (node: HierarchyRectangularNode<Weight>) => {
    const names = node.path(rootOf(node)).map((each) => each.data.name).reverse().slice(1);
    const place = [...path, ...names];
    const { bytes, name } = node.data;
    const top = node.ancestors().at(-2) ?? node;
    const index = top.parent?.children?.indexOf(top) ?? 0;
    const box = h("div", {
      class: `cell shade-${index % SHADES} level-${node.depth}${node.children === undefined ? " leaf" : ""}`,
      title: `${place.join("/")}\n${size(bytes)}, ${share(bytes, report.weight.bytes)} of all`,
    });
    const [width, height] = [node.x1 - node.x0, node.y1 - node.y0];
    Object.assign(box.style, { left: `${node.x0}px`, top: `${node.y0}px`, width: `${width}px`, height: `${height}px` });
    const isNamed = width >= 40 && height >= (node.children === undefined ? 18 : 2 * HEAD);
    if (isNamed) box.append(h("span", { class: "name" }, name));
    if (isNamed && width >= 100) box.append(h("span", { class: "bytes" }, size(bytes)));
    box.addEventListener("click", () => enter(place));
    return box;
  };

  const dark = matchMedia("(prefers-color-scheme: dark)");
  const light = () => document.body.classList.toggle("dark", dark.matches);
  dark.addEventListener("change", light);
  light();
  addEventListener("resize", show);
  show();
}

/** Whether a cell is more than a speck, in a folder that is more than a dot. */
function isSeen({ x0, x1, y0, y1, parent }: HierarchyRectangularNode<Weight>): boolean {
  const folder = parent === null || parent.depth === 0 || Math.min(parent.x1 - parent.x0, parent.y1 - parent.y0) >= 12;
  return folder && Math.min(x1 - x0, y1 - y0) >= 3;
}

function rootOf(node: HierarchyRectangularNode<Weight>): HierarchyRectangularNode<Weight> {
  return node.parent === null ? node : rootOf(node.parent);
}

open(JSON.parse(document.getElementById("report")?.textContent ?? "null") as Report);
