/**
 * Builds a new object table from what is reachable from the catalog and allowed by rules.ts. Objects that
 * nothing allowed points at are not carried over. Pure.
 */
import type { RemovedClass } from "../../wire/file-words.ts";
import { Refusal } from "../context.ts";
import {
  isDict,
  isName,
  isReference,
  type PdfDict,
  type PdfObject,
  type PdfValue,
} from "./model.ts";
import * as rules from "./rules.ts";

export interface CleanedPdf {
  readonly objects: Record<string, PdfObject>;
}

interface Count {
  add(removed: RemovedClass): void;
  /** What is counted until the returned call lies in this object. */
  enter(place: string): () => void;
}

const depthLimit = 500;

class Cleaner {
  readonly #source: Record<string, PdfObject>;
  readonly #count: Count;
  readonly #queue: string[] = [];
  readonly #seen = new Set<string>();
  readonly out: Record<string, PdfObject> = {};

  constructor(source: Record<string, PdfObject>, count: Count) {
    this.#source = source;
    this.#count = count;
  }

  /** The value a reference stands for; references to references and missing objects are null, as in PDF. */
  #resolve(value: PdfValue | undefined): PdfValue {
    if (!isReference(value)) return value ?? null;
    const object = this.#source[`obj:${value}`];
    if (object === undefined) return null;
    const inner = "stream" in object ? object.stream.dict : object.value;
    return isReference(inner) ? null : inner;
  }

  run(root: string): void {
    this.#enqueue(root);
    for (let next = this.#queue.pop(); next !== undefined; next = this.#queue.pop()) {
      const leave = this.#count.enter(`object ${next.split(" ")[0] ?? ""}`);
      this.#copy(next);
      leave();
    }
  }

  #enqueue(reference: string): void {
    if (this.#seen.has(reference)) return;
    this.#seen.add(reference);
    this.#queue.push(reference);
  }

  #copy(reference: string): void {
    const key = `obj:${reference}`;
    const object = this.#source[key];
    if (object === undefined) {
      this.out[key] = { value: null };
      return;
    }
    if (!("stream" in object)) {
      this.out[key] = { value: this.#value(object.value, 0) };
      return;
    }
    const dict = this.#dict(object.stream.dict, true, 0);
    if (dict === null) this.out[key] = { value: null };
    else this.out[key] = { stream: { ...object.stream, dict } };
  }

  #value(value: PdfValue, depth: number): PdfValue {
    if (depth > depthLimit) throw new Refusal("blocked", "damaged", "nesting");
    if (isReference(value)) return this.#reference(value);
    if (Array.isArray(value)) return value.map((each) => this.#value(each, depth + 1));
    return isDict(value) ? this.#dict(value, false, depth) : value;
  }

  #reference(value: string): PdfValue {
    this.#enqueue(value);
    return value;
  }

  #drop(what: RemovedClass): null {
    this.#count.add(what);
    return null;
  }

  /** Null when the whole dictionary goes. */
  #dict(dict: PdfDict, isStream: boolean, depth: number): PdfDict | null {
    const forbidden = rules.forbiddenObject(dict, isStream);
    if (forbidden !== undefined) return this.#drop(forbidden);
    if (this.#isAction(dict) && !rules.isAllowedAction(dict))
      return this.#drop(rules.actionClass(dict));
    const isPicture = this.#isPicture(dict);
    if (this.#isAnnotation(dict) && !isPicture && !this.#isAllowedAnnotation(dict))
      return this.#drop("annotation");
    if (isPicture) this.#count.add("media");
    const allowed = isPicture ? rules.pictureKeys : this.#allowedKeys(dict);
    const clean: PdfDict = isPicture ? { "/Subtype": rules.pictureSubtype } : {};
    for (const [key, value] of Object.entries(dict)) {
      if (this.#keeps(dict, key, value, allowed, isStream)) {
        clean[key] = this.#member(key, value, depth);
      }
    }
    return clean;
  }

  #member(key: string, value: PdfValue, depth: number): PdfValue {
    if (key !== "/Annots") return this.#value(value, depth + 1);
    // Forbidden annotations leave the list, so that no null stays in it.
    const list = this.#resolve(value);
    if (!Array.isArray(list)) return null;
    return list
      .filter((each) => this.#keepsAnnotation(each))
      .map((each) => this.#value(each, depth + 1));
  }

  #keepsAnnotation(value: PdfValue): boolean {
    const annotation = this.#resolve(value);
    if (!isDict(annotation)) return false;
    const allowed = this.#isPicture(annotation) || this.#isAllowedAnnotation(annotation);
    if (!allowed) this.#count.add("annotation");
    return allowed;
  }

  #keeps(
    holder: PdfDict,
    key: string,
    value: PdfValue,
    allowed: ReadonlySet<string> | undefined,
    isStream: boolean,
  ): boolean {
    const forbidden = rules.forbiddenKeys.get(key);
    if (forbidden !== undefined) {
      this.#count.add(forbidden);
      return false;
    }
    if (allowed !== undefined && !allowed.has(key)) return false;
    if (isStream && rules.externalStreamKeys.has(key)) {
      this.#count.add("external-reference");
      return false;
    }
    if (key === "/V" && holder["/FT"] === "/Sig") {
      this.#count.add("signature");
      return false;
    }
    return this.#keepsAction(key, value);
  }

  /** Values in the places where actions stand: destinations pass, actions must be allowed. */
  #keepsAction(key: string, value: PdfValue): boolean {
    if (key !== "/A" && key !== "/OpenAction" && key !== "/Next") return true;
    const target = this.#resolve(value);
    // `/Next` of an outline item is another item, `/A` of a structure element its attributes: no /S there.
    if (!isDict(target) || target["/S"] === undefined) return true;
    if (rules.isAllowedAction(target)) return true;
    this.#count.add(rules.actionClass(target));
    return false;
  }

  #isAction(dict: PdfDict): boolean {
    if (dict["/Type"] === "/Action") return true;
    const type = this.#resolve(dict["/S"]);
    return (
      isName(type) &&
      rules.forbiddenActions.has(type) &&
      !this.#isStructure(dict) &&
      !this.#isTransition(dict)
    );
  }

  #isStructure(dict: PdfDict): boolean {
    return dict["/Type"] === "/StructElem" || (isReference(dict["/P"]) && "/K" in dict);
  }

  #isTransition(dict: PdfDict): boolean {
    return dict["/Type"] === "/Trans";
  }

  #isAnnotation(dict: PdfDict): boolean {
    if (dict["/Type"] === "/Annot") return true;
    return Array.isArray(this.#resolve(dict["/Rect"])) && isName(dict["/Subtype"]);
  }

  #isAllowedAnnotation(dict: PdfDict): boolean {
    const subtype = this.#resolve(dict["/Subtype"]);
    return isName(subtype) && rules.annotationSubtypes.has(subtype);
  }

  /** It played something, and what it showed meanwhile is drawn in the file. */
  #isPicture(dict: PdfDict): boolean {
    const subtype = this.#resolve(dict["/Subtype"]);
    const hasLook = isDict(this.#resolve(dict["/AP"]));
    return (
      this.#isAnnotation(dict) && isName(subtype) && rules.mediaSubtypes.has(subtype) && hasLook
    );
  }

  #allowedKeys(dict: PdfDict): ReadonlySet<string> | undefined {
    if (this.#isAnnotation(dict)) return rules.annotationKeys;
    const type = dict["/Type"];
    if (type === "/Catalog") return rules.catalogKeys;
    if (type === "/Page" || type === "/Pages") return rules.pageKeys;
    if ("/Fields" in dict && dict["/S"] === undefined) return rules.formKeys;
    const action = dict["/S"];
    if (dict["/Type"] === "/Action" && isName(action)) return rules.actionKeys[action];
    return undefined;
  }
}

/** The catalog's /Names holds only trees of places; it is rebuilt before the walk starts. */
function placeNames(names: PdfValue, count: Count): PdfDict {
  const kept: PdfDict = {};
  if (!isDict(names)) return kept;
  for (const [key, value] of Object.entries(names)) {
    if (rules.nameTrees.has(key)) kept[key] = value;
    else count.add(rules.forbiddenKeys.get(key) ?? "action");
  }
  return kept;
}

const valueOf = (source: Record<string, PdfObject>, value: PdfValue | undefined): PdfValue => {
  if (!isReference(value)) return value ?? null;
  const object = source[`obj:${value}`];
  return object === undefined || "stream" in object ? null : object.value;
};

export function cleanPdf(source: Record<string, PdfObject>, count: Count): CleanedPdf {
  const trailer = source["trailer"];
  const trailerDict =
    trailer !== undefined && "value" in trailer && isDict(trailer.value) ? trailer.value : {};
  const root = trailerDict["/Root"];
  const catalog = valueOf(source, root);
  if (!isReference(root) || !isDict(catalog)) throw new Refusal("blocked", "damaged", "no catalog");
  if ("/Info" in trailerDict) count.add("metadata");
  // A catalog without its type is still the catalog: the trailer says so.
  const typed: PdfDict = { ...catalog, "/Type": "/Catalog" };
  if ("/Names" in typed) typed["/Names"] = placeNames(valueOf(source, typed["/Names"]), count);
  const cleaner = new Cleaner({ ...source, [`obj:${root}`]: { value: typed } }, count);
  cleaner.run(root);
  // qpdf puts the right number in /Size, but only where there is one.
  const size = Object.keys(cleaner.out).length + 1;
  return { objects: { ...cleaner.out, trailer: { value: { "/Root": root, "/Size": size } } } };
}
