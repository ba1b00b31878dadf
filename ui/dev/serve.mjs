// Serves the built screens with a stand-in for the host: `npm run build && npm run dev`, then open the address.
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const ui = fileURLToPath(new URL("..", import.meta.url));
const TYPES = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".json": "application/json", ".png": "image/png" };
/** Pages get the stand-in; the rest is as it was built. */
const PAGES = { "/": "dist/index.html", "/log.html": "dist/log.html", "/inspector.html": "dist/inspector.html" };

/** Starts the server on a free port of the loopback, and returns it with its address. */
export async function serve(port = 0) {
  const icon = await readFile(join(ui, "../src-tauri/icons/icon.png"), "base64");
  const server = createServer(async (request, response) => {
    const path = new URL(request.url ?? "/", "http://localhost").pathname;
    try {
      if (PAGES[path] !== undefined) {
        const page = await readFile(join(ui, PAGES[path]), "utf8");
        response.setHeader("Content-Type", TYPES[".html"]);
        response.end(page.replace("<script", '<script src="./icon.js"></script><script src="./stub-host.js"></script><script'));
      } else if (path === "/icon.js") {
        response.setHeader("Content-Type", TYPES[".js"]);
        response.end(`window.__STUB_ICON__ = "data:image/png;base64,${icon}";`);
      } else {
        const body = await readFile(join(ui, path === "/stub-host.js" ? "dev" : "dist", path));
        response.setHeader("Content-Type", TYPES[extname(path)] ?? "application/octet-stream");
        response.end(body);
      }
    } catch (error) {
      response.writeHead(404).end(String(error));
    }
  });
  await new Promise((resolve) => server.listen(port, "127.0.0.1", resolve));
  return { server, address: `http://127.0.0.1:${server.address().port}` };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const { address } = await serve(Number(process.env.PORT ?? "5199"));
  console.log(`${address}/?state=crashing&theme=dark`);
  console.log(`${address}/log.html?lines=20000&live`);
  console.log(`${address}/inspector.html?state=inspector&live`);
}
