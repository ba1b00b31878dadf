// What `pastes.rs` runs in the page for a picture that was pasted: the event that a browser would have sent, with the file.
async ({ address, name, type, modified }) => {
  const content = await (await fetch(address)).blob();
  const transfer = new DataTransfer();
  transfer.items.add(new File([content], name, { type, lastModified: modified }));
  // Not `ClipboardEvent`: made by a script, WebKit's has no files.
  const event = new Event("paste", { bubbles: true, cancelable: true, composed: true });
  Object.defineProperty(event, "clipboardData", { value: transfer });
  (document.activeElement ?? document.body).dispatchEvent(event);
}
