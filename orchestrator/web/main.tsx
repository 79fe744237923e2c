/** Entry of the pages. */
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { startLanguage } from "./base/language.ts";
import "./styles.css";

startLanguage();
const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");
createRoot(root).render(<App />);
