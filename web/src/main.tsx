import { render } from "preact";
import { App } from "./app.js";
import { followChanges } from "./live/changes.js";
import { followLinks } from "./routing/place.js";
import { loadMe } from "./session/session.js";
import "./style.css";

const root = document.getElementById("app");
if (root === null) throw new Error("The page has no place for the app");
followLinks();
followChanges();
void loadMe();
render(<App />, root);
