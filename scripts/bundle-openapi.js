/**
 * Builds what `/openapi.json` and `/docs` serve: the files below `openapi/` as one document, and copies what is no TypeScript (assets of pages, and the
 * list of common passwords) to `dist/`.
 */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseDocument } from "yaml";

const COMPONENT = /^components\/([A-Za-z]+)\/.+#\/([A-Za-z0-9._-]+)$/;

/** A file of the API's description is broken. `message` says which and where. */
export class BundleError extends Error {}

/** @typedef {any} Node - A part of a YAML document: any value that JSON has. */

/**
 * @typedef {object} Component
 * @property {string} kind - `schemas`, `parameters`.
 * @property {string} name
 * @property {string} place - Its file and the pointer to it.
 * @property {Node} content
 */

/**
 * Reads a description that is spread over files into one object. A reference to
 * `components/<kind>/<file>.yaml#/<Name>` becomes one to `#/components/<kind>/<Name>`, so that schemas keep their names and may
 * refer to each other; any other reference is replaced with what it points at.
 *
 * @param {string} path - The first file.
 * @returns {Node} An OpenAPI document without references to files.
 * @throws {BundleError} for a file that is missing or no YAML, a reference to nothing, and two components of one name.
 */
export function bundleOpenapi(path) {
  const bundler = new Bundler(dirname(path));
  const document = bundler.bundle(bundler.read(path), path);
  return bundler.withComponents(document);
}

class Bundler {
  #root;
  /** @type {Map<string, Node>} */
  #files = new Map();
  /** @type {Map<string, Component>} */
  #components = new Map();

  /** @param {string} root */
  constructor(root) {
    this.#root = root;
  }

  /** @param {string} file */
  read(file) {
    if (!this.#files.has(file)) this.#files.set(file, parseFile(file, this.#root));
    return this.#files.get(file);
  }

  /**
   * A part of a file with all its references followed.
   *
   * @param {Node} node
   * @param {string} file
   * @returns {Node}
   */
  bundle(node, file) {
    if (Array.isArray(node)) return node.map((item) => this.bundle(item, file));
    if (typeof node !== "object" || node === null) return node;
    const { $ref, ...siblings } = node;
    const rest = Object.entries(siblings).map(([key, value]) => [key, this.bundle(value, file)]);
    const target = typeof $ref === "string" ? this.#follow($ref, file) : {};
    return { ...target, ...Object.fromEntries(rest) };
  }

  /**
   * @param {string} ref
   * @param {string} from - The file that refers.
   * @returns {Node}
   */
  #follow(ref, from) {
    const [name = "", pointer = ""] = ref.split("#");
    const file = name === "" ? from : resolve(dirname(from), name);
    const target = find(this.read(file), pointer);
    if (target === undefined) {
      throw new BundleError(`${relative(this.#root, from)} refers to ${ref}, which does not exist`);
    }
    const place = `${relative(this.#root, file)}#${pointer}`;
    const component = COMPONENT.exec(place);
    if (component === null) return this.bundle(target, file);
    const [, kind = "", componentName = ""] = component;
    this.#keep({ kind, name: componentName, place }, () => this.bundle(target, file));
    return { $ref: `#/components/${kind}/${componentName}` };
  }

  /**
   * Remembers a component before it is bundled: what it refers to may refer to it.
   *
   * @param {Omit<Component, "content">} component
   * @param {() => Node} bundle
   */
  #keep({ kind, name, place }, bundle) {
    const key = `${kind}/${name}`;
    const known = this.#components.get(key);
    if (known !== undefined && known.place !== place) {
      throw new BundleError(`${known.place} and ${place} have the same name`);
    }
    if (known !== undefined) return;
    /** @type {Component} */
    const component = { kind, name, place, content: undefined };
    this.#components.set(key, component);
    component.content = bundle();
  }

  /** @param {Node} document */
  withComponents(document) {
    const components = { ...document.components };
    for (const { kind, name, content } of this.#components.values()) {
      components[kind] = { ...components[kind], [name]: content };
    }
    return { ...document, components };
  }
}

/**
 * @param {string} file
 * @param {string} root
 */
function parseFile(file, root) {
  let text;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new BundleError(`${relative(root, file)} cannot be read: ${error.code}`);
  }
  const parsed = parseDocument(text);
  const fault = parsed.errors[0] ?? parsed.warnings[0];
  if (fault !== undefined) throw new BundleError(`${relative(root, file)}: ${fault.message}`);
  return parsed.toJS();
}

/**
 * What a JSON pointer (RFC 6901) points at.
 *
 * @param {Node} document
 * @param {string} pointer
 * @returns {Node}
 */
function find(document, pointer) {
  const keys = pointer.split("/").slice(1);
  return keys
    .map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"))
    .reduce((node, key) => (Object.hasOwn(Object(node), key) ? node[key] : undefined), document);
}

/** What `security` of an operation may name instead of single schemes: any of these is enough. */
const CREDENTIALS = {
  anyCredential: ["session", "accessToken", "apiKey", "basic"],
  anyCredentialOrGrant: ["session", "accessToken", "apiKey", "basic", "uploadGrant"],
  grant: ["uploadGrant"],
  signedIn: ["session", "accessToken"],
};

const SCOPES_PLACE = /<!-- [^>]*table of scopes[^>]*-->/;
const API_METHODS = ["get", "head", "post", "put", "patch", "delete", "options"];

/**
 * Writes the security schemes that operations name by {@link CREDENTIALS}, and the table of scopes into the description.
 *
 * @param {Node} document - Changed in place.
 */
export function writeSecurity(document) {
  /** @type {Map<string, string[]>} */
  const byScope = new Map();
  for (const [path, item] of Object.entries(document.paths)) {
    for (const method of API_METHODS.filter((name) => name in item)) {
      const operation = item[method];
      const [[group = "", scopes = []] = []] = (operation.security ?? []).map(
        (/** @type {object} */ one) => Object.entries(one)[0] ?? [],
      );
      if (!(group in CREDENTIALS)) continue;
      operation.security = CREDENTIALS[/** @type {keyof typeof CREDENTIALS} */ (group)].map(
        (scheme) => ({ [scheme]: scopes }),
      );
      // The table has the API. A page has servers of its own.
      if ("servers" in item) continue;
      const [scope = ""] = scopes;
      const mark = group === "signedIn" || group === "grant" ? "\\*" : "";
      const name = `\`${method.toUpperCase()} ${path}\`${mark}`;
      byScope.set(scope, [...(byScope.get(scope) ?? []), name]);
    }
  }
  const rows = [...byScope]
    .sort()
    .map(([scope, names]) => `| \`${scope}\` | ${names.join(", ")} |`);
  const table = ["| scope | operations |", "| --- | --- |", ...rows].join("\n");
  document.info.description = document.info.description.replace(SCOPES_PLACE, () => table);
}

/** @param {string} root */
function build(root) {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const document = bundleOpenapi(join(root, "openapi", "openapi.yaml"));
  document.info.version = version;
  writeSecurity(document);
  const target = join(root, "dist", "openapi");
  mkdirSync(target, { recursive: true });
  writeFileSync(join(target, "openapi.json"), `${JSON.stringify(document)}\n`);
  for (const room of ["api/docs", "api/link-door", "api/pages", "common/accounts"]) {
    const files = join(room, "static");
    cpSync(join(root, files), join(root, "dist", files), { recursive: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    build(fileURLToPath(new URL("..", import.meta.url)));
  } catch (error) {
    if (!(error instanceof BundleError)) throw error;
    console.error(`The API's description cannot be bundled. ${error.message}`);
    process.exitCode = 1;
  }
}
