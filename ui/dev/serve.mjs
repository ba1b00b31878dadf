// Serves the built screens with a stand-in for the host: `npm run build && npm run dev`, then open the address.
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const ui = fileURLToPath(new URL("..", import.meta.url));
const TYPES = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".json": "application/json", ".png": "image/png" };
const FILES = { "/screens.js": "dist/screens.js", "/screens.css": "dist/screens.css", "/stub-host.js": "dev/stub-host.js", "/licences.json": "dist/licences.json" };

/** Starts the server on a free port of the loopback, and returns it with its address. */
export async function serve(port = 0) {
  const icon = await readFile(join(ui, "../src-tauri/icons/icon.png"), "base64");
  const server = createServer(async (request, response) => {
    const path = new URL(request.url ?? "/", "http://localhost").pathname;
    try {
      if (path === "/") {
        const page = await readFile(join(ui, "dist/index.html"), "utf8");
        response.setHeader("Content-Type", TYPES[".html"]);
        response.end(page.replace("<script", '<script src="./icon.js"></script><script src="./stub-host.js"></script><script'));
      } else if (path === "/icon.js") {
        response.setHeader("Content-Type", TYPES[".js"]);
        response.end(`window.__STUB_ICON__ = "data:image/png;base64,${icon}";`);
      } else if (FILES[path] !== undefined) {
        const body = await readFile(join(ui, FILES[path]));
        response.setHeader("Content-Type", TYPES[extname(path)]);
        response.end(body);
      } else {
        response.writeHead(404).end();
      }
    } catch (error) {
      response.writeHead(500).end(String(error));
    }
  });
  await new Promise((resolve) => server.listen(port, "127.0.0.1", resolve));
  return { server, address: `http://127.0.0.1:${server.address().port}` };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const { address } = await serve(Number(process.env.PORT ?? "5199"));
  console.log(`${address}/?state=crashing&theme=dark`);
  console.log(`${address}/?lines=50000&live#log`);
}
