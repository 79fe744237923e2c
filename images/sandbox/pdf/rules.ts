/**
 * What may stay in a PDF. Allow-lists where active content can hang (catalog, names, page, form,
 * annotation, action), and on top of them keys that go wherever they stand. Judged by an object's shape,
 * not by how it was reached: an object reached twice is judged the same both times. Pure.
 */
import type { RemovedClass } from "../../wire/file-words.ts";
import { isName, type PdfDict, stringText } from "./model.ts";

const keys = (text: string): ReadonlySet<string> =>
  new Set(text.split(/\s+/).map((key) => `/${key}`));

export const catalogKeys = keys(
  "Type Version Pages PageLabels Names Dests ViewerPreferences PageLayout PageMode Outlines OpenAction AcroForm StructTreeRoot MarkInfo Lang OutputIntents OCProperties",
);
export const pageKeys = keys(
  "Type Parent Resources MediaBox CropBox BleedBox TrimBox ArtBox BoxColorInfo Contents Rotate Group Annots StructParents Tabs UserUnit Dur Trans Kids Count",
);
export const formKeys = keys("Fields NeedAppearances CO DR DA Q");
export const annotationKeys = keys(
  `Type Subtype Rect Contents P NM M F AP AS Border C StructParent OC BM ca CA Lang T Popup RC CreationDate IRT Subj RT
   IT Dest H QuadPoints BS Path A DA Q DS CL BE RD LE L LL LLE IC Cap LLO CP Measure CO Vertices InkList Name Sy MK
   Parent TM TU FT Ff V DV Kids Opt TI I MaxLen RV Open State StateModel OverlayText Repeat RO FixedPrint`,
);
export const annotationSubtypes = keys(
  `Text Link FreeText Line Square Circle Polygon PolyLine Highlight Underline Squiggly StrikeOut Caret Stamp Ink Popup
   Widget Watermark Redact PrinterMark`,
);
/** Annotations that play something. With an appearance of its own, such a one stays as the picture that it shows. */
export const mediaSubtypes = keys("Screen Movie RichMedia Sound 3D");
/** Of those: how it looks and where, and nothing that it does. */
export const pictureKeys = keys("Type Rect Contents P NM F AP AS StructParent OC");
/** What such a picture is from then on. */
export const pictureSubtype = "/Stamp";
/** Name trees that only name places in the document. */
export const nameTrees = keys("Dests");

/** Keys per action type that may stay. An action of any other type goes. */
export const actionKeys: Readonly<Record<string, ReadonlySet<string>>> = {
  "/GoTo": keys("Type S D SD Next"),
  "/URI": keys("Type S URI IsMap Next"),
  "/Named": keys("Type S N Next"),
  "/Hide": keys("Type S T H Next"),
  "/SetOCGState": keys("Type S State PreserveRB Next"),
  "/ResetForm": keys("Type S Fields Flags Next"),
};

const namedActions = keys("NextPage PrevPage FirstPage LastPage");
const webScheme = /^(https?|mailto):/i;

export function isAllowedAction(action: PdfDict): boolean {
  const type = action["/S"];
  if (!isName(type) || actionKeys[type] === undefined) return false;
  if (type === "/Named") return isName(action["/N"]) && namedActions.has(action["/N"]);
  if (type === "/URI") return webScheme.test((stringText(action["/URI"]) ?? "").trim());
  return true;
}

export const actionClass = (action: PdfDict): RemovedClass => {
  if (action["/S"] === "/JavaScript") return "script";
  return action["/S"] === "/URI" ? "hyperlink" : "action";
};

/** Action types that mark a dictionary as an action wherever it stands. */
export const forbiddenActions = keys(
  "JavaScript Launch SubmitForm ImportData GoToR GoToE GoToDp Rendition RichMediaExecute Movie Sound GoTo3DView Thread Trans",
);

/** Keys that go wherever they stand, with what their going is called. */
export const forbiddenKeys: ReadonlyMap<string, RemovedClass> = new Map<string, RemovedClass>([
  ["/AA", "action"],
  ["/PA", "action"],
  ["/JS", "script"],
  ["/JavaScript", "script"],
  ["/EF", "embedded-file"],
  ["/RF", "embedded-file"],
  ["/AF", "embedded-file"],
  ["/EmbeddedFiles", "embedded-file"],
  ["/Collection", "embedded-file"],
  ["/XFA", "form-xfa"],
  ["/Perms", "signature"],
  ["/SigFlags", "signature"],
  ["/ByteRange", "signature"],
  ["/PieceInfo", "metadata"],
  ["/Metadata", "metadata"],
  ["/Thumb", "thumbnail"],
  ["/URIActions", "action"],
  ["/RichMediaContent", "media"],
  ["/RichMediaSettings", "media"],
  ["/3DD", "media"],
  ["/3DA", "media"],
  ["/Renditions", "media"],
  ["/AlternatePresentations", "media"],
  ["/OPI", "external-reference"],
  ["/Ref", "external-reference"],
  ["/Alternates", "external-reference"],
]);

/** Of a stream's dictionary: data that would be fetched from another file. */
export const externalStreamKeys = keys("F FFilter FDecodeParms");

/** Whole objects that go, by their type or subtype. */
export function forbiddenObject(dict: PdfDict, isStream: boolean): RemovedClass | undefined {
  const type = dict["/Type"];
  const subtype = dict["/Subtype"];
  if (type === "/EmbeddedFile") return "embedded-file";
  if (type === "/Sig" || type === "/DocTimeStamp" || "/ByteRange" in dict) return "signature";
  if (type === "/Rendition" || type === "/3D" || type === "/MediaClip" || type === "/Sound")
    return "media";
  if (isStream && (subtype === "/PS" || dict["/Subtype2"] === "/PS")) return "script";
  if (type === "/Metadata") return "metadata";
  return undefined;
}
