import type { Id } from "../platform/ids.js";
import type { ShareLinkDoc } from "./link.js";
import type { PlacesRepository } from "./places-repository.js";
import { isCounted, type LinkUseDoc, type LinkUsesRepository } from "./uses-repository.js";

/** A download that takes long says so often that its place is active. */
const TOUCH_MS = 10 * 60 * 1000;

interface Deps {
  readonly places: Pick<PlacesRepository, "touch" | "settle" | "giveBack">;
  readonly uses: Pick<LinkUsesRepository, "addSent" | "giveBack" | "touch">;
  readonly now: () => Date;
}

/** The download that a request belongs to. */
interface Begun {
  readonly link: ShareLinkDoc;
  readonly use: LinkUseDoc;
  /** What the request has reserved in the use. */
  readonly reservedBytes: number;
}

/** One request of a download that has its place. */
export class RunningDownload {
  readonly #deps: Deps;
  readonly #link: ShareLinkDoc;
  readonly #use: LinkUseDoc;
  readonly #reservedBytes: number;
  #touchedMs: number;

  constructor(deps: Deps, { link, use, reservedBytes }: Begun) {
    this.#deps = deps;
    this.#link = link;
    this.#use = use;
    this.#reservedBytes = reservedBytes;
    this.#touchedMs = deps.now().getTime();
  }

  get useId(): Id {
    return this.#use._id;
  }

  /** Called while bytes are sent. */
  async keep(): Promise<void> {
    const { places, uses, now } = this.#deps;
    const at = now();
    if (at.getTime() < this.#touchedMs + TOUCH_MS) return;
    this.#touchedMs = at.getTime();
    await places.touch(this.#link, { id: this.useId, at });
    await uses.touch(this.#use, at);
  }

  /**
   * The request is over. May not be repeated.
   *
   * @returns Whether all of the content was sent by now, and nothing more of it is on its way.
   * @param bytes - How many bytes of the content were sent.
   * @param isWhole - Whether all that the request asked for was sent.
   */
  async end(bytes: number, isWhole: boolean): Promise<boolean> {
    const { places, uses, now } = this.#deps;
    const at = now();
    const reservedBytes = this.#reservedBytes;
    const use = await uses.addSent(this.#use, { bytes, reservedBytes, isWhole, at });
    if (use === null) return false;
    if (isCounted(use)) await places.settle(this.#link, use._id);
    // Nothing was given away, so nobody has to wait for this place.
    else if (await uses.giveBack(use)) await places.giveBack(this.#link, use._id);
    else await places.touch(this.#link, { id: use._id, at });
    return use.isComplete && (use.reservedBytes ?? 0) <= 0;
  }
}
