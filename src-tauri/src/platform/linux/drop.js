// What `drops.rs` runs in the page for files that were dropped at a place of it: the events that a
// browser would have sent, with the files.
async (x, y, files) => {
  let place = document.elementFromPoint(x, y);
  // A component of the app is a document in a frame.
  while (place?.tagName === "IFRAME" && place.contentDocument) {
    const box = place.getBoundingClientRect();
    [x, y] = [x - box.x, y - box.y];
    place = place.contentDocument.elementFromPoint(x, y);
  }
  if (!place) return;
  const transfer = new DataTransfer();
  for (const { address, name, relative, type, modified } of files) {
    const content = await (await fetch(address)).blob();
    const file = new File([content], name, { type, lastModified: modified });
    // A script can't say this of a file in any other way.
    if (relative) Object.defineProperty(file, "webkitRelativePath", { value: relative });
    transfer.items.add(file);
  }
  for (const kind of ["dragenter", "dragover", "drop"]) {
    // Not `DragEvent`: made by a script, WebKit's has no files.
    const event = new Event(kind, { bubbles: true, cancelable: true, composed: true });
    Object.defineProperties(event, {
      dataTransfer: { value: transfer },
      clientX: { value: x },
      clientY: { value: y },
    });
    place.dispatchEvent(event);
  }
}
