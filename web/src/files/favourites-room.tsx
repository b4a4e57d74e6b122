import { useMemo } from "preact/hooks";
import { place } from "../routing/place.js";
import { ListView } from "./list-view.js";
import { favourites, orderOf } from "./sources.js";
import { fileWords } from "./words.js";

const concerns = () => true;

/** At `/drive/favourites`: what somebody marked, of all folders. */
export function FavouritesRoom() {
  const t = fileWords.value;
  const order = orderOf(place.value.query.get("sort"));
  const source = useMemo(() => favourites(order), [order]);
  return (
    <ListView
      {...{ source, order, concerns }}
      heading={<h1>{t.favourites}</h1>}
      label={t.favourites}
      empty={t.noFavourites}
      showsPath
    />
  );
}
