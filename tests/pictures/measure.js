// Run by tests/test_pictures.py in a page of frames, one mail each: widths, and the contrast of every piece of text
// (WCAG 2.2, «contrast ratio»), written as JSON into #told.
const channel = (part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
const numbers = (colour) => colour.match(/[\d.]+/g).map(Number);
const luminance = ([red, green, blue]) =>
  0.2126 * channel(red / 255) + 0.7152 * channel(green / 255) + 0.0722 * channel(blue / 255);

function behind(element, view) {
  for (let one = element; one; one = one.parentElement) {
    const colour = numbers(view.getComputedStyle(one).backgroundColor);
    if (colour.length === 3 || colour[3] > 0) return colour;
  }
  return [255, 255, 255];
}

function contrast(element, view) {
  const ink = luminance(numbers(view.getComputedStyle(element).color));
  const ground = luminance(behind(element, view));
  return (Math.max(ink, ground) + 0.05) / (Math.min(ink, ground) + 0.05);
}

// Words that stand in two lines though they are short enough for one; web addresses may.
function broken(node) {
  const found = [];
  for (const word of node.data.matchAll(/[^\s]+/g)) {
    if (word[0].length > 25 || /[/@]/.test(word[0])) continue;
    const range = node.ownerDocument.createRange();
    for (const part of word[0].matchAll(/[^-–]+/g)) {
      range.setStart(node, word.index + part.index);
      range.setEnd(node, word.index + part.index + part[0].length);
      if (new Set([...range.getClientRects()].map((line) => line.top)).size > 1) found.push(part[0]);
    }
  }
  return found;
}

function measure(frame) {
  const page = frame.contentDocument;
  const walker = page.createTreeWalker(page.body, NodeFilter.SHOW_TEXT);
  const texts = [];
  const torn = [];
  while (walker.nextNode()) {
    const text = walker.currentNode.data.trim();
    if (text) texts.push([text.slice(0, 60), contrast(walker.currentNode.parentElement, frame.contentWindow)]);
    torn.push(...broken(walker.currentNode));
  }
  return { width: page.documentElement.scrollWidth, texts, torn };
}

addEventListener("load", () => {
  const frames = [...document.querySelectorAll("iframe")];
  told.textContent = JSON.stringify(Object.fromEntries(frames.map((frame) => [frame.id, measure(frame)])));
});
