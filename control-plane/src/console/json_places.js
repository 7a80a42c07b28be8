// Where the values of a JSON text are, by RFC 6901 pointer; or where the text stops being JSON.
"use strict";

// Returns `{ places, fault }`: `places` maps pointers to offsets (of a member, to its name), `fault` is
// `{ offset, detail }` or null.
function placesFromJson(text) {
  const places = new Map();
  const escaped = (name) => name.replaceAll("~", "~0").replaceAll("/", "~1");
  let at = 0;
  const fail = (detail, offset = at) => { throw { offset, detail }; };
  const skip = () => { while (at < text.length && " \t\n\r".includes(text[at])) at += 1; };

  const string = () => {
    const began = at;
    for (at += 1; at < text.length; at += 1) {
      const char = text[at];
      if (char === "\\") at += 1;
      else if (char < " ") fail("a text ends on the line where it begins; write a line break as \\n", began);
      else if (char === '"') {
        at += 1;
        try { return JSON.parse(text.slice(began, at)); } catch { fail("this text has an escape that JSON does not know", began); }
      }
    }
    return fail("this text is not closed", began);
  };

  const list = (close, pointer, member) => {
    at += 1;
    skip();
    if (text[at] === close) { at += 1; return; }
    for (let index = 0; ; index += 1) {
      member(pointer, index);
      skip();
      if (text[at] === close) { at += 1; return; }
      if (text[at] !== ",") fail(at >= text.length ? `a ${close} is missing at the end` : `a comma or ${close} is missing before this`);
      const comma = at;
      at += 1;
      skip();
      if (text[at] === close) fail("the comma before the end is one too many", comma);
    }
  };

  const field = (pointer) => {
    if (text[at] !== '"') fail("a name in double quotes is missing here");
    const began = at;
    const below = `${pointer}/${escaped(string())}`;
    if (places.has(below)) fail("this name is here twice", began);
    places.set(below, began);
    skip();
    if (text[at] !== ":") fail("a colon is missing after this name", began);
    at += 1;
    value(below);
  };

  const element = (pointer, index) => {
    skip();
    places.set(`${pointer}/${index}`, at);
    value(`${pointer}/${index}`);
  };

  const value = (pointer) => {
    skip();
    if (text[at] === "{") return list("}", pointer, field);
    if (text[at] === "[") return list("]", pointer, element);
    if (text[at] === '"') return void string();
    const word = /^[^\s,:\[\]{}"]+/.exec(text.slice(at, at + 64));
    if (!word) fail(at >= text.length ? "the text ends too early" : "a value is missing here");
    if (!/^(true|false|null|-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?)$/.test(word[0])) fail(`${word[0]} is no value of JSON`);
    at += word[0].length;
  };

  try {
    skip();
    places.set("", at);
    value("");
    skip();
    if (at < text.length) fail("nothing may follow after the end");
  } catch (fault) {
    if (fault instanceof RangeError) return { places, fault: { offset: at, detail: "this is nested too deeply" } };
    if (typeof fault.offset !== "number") throw fault;
    return { places, fault };
  }
  return { places, fault: null };
}

// The place of a pointer, or of the nearest thing around it that is there.
function placeOf(places, pointer) {
  for (let near = pointer; ; near = near.slice(0, near.lastIndexOf("/"))) {
    if (places.has(near)) return places.get(near);
    if (!near.includes("/")) return places.get("") ?? 0;
  }
}
