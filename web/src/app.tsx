import { useSignal } from "@preact/signals";
import type { ComponentType } from "preact";
import { useEffect } from "preact/hooks";
import { appWords } from "./app-words.js";
import { Failure, Loading } from "./parts/states.js";
import { Toasts } from "./parts/toasts.js";
import { place } from "./routing/place.js";
import { type Room, roomOf } from "./rooms.js";
import { entryFault, loadMe, me } from "./session/session.js";
import { SignIn } from "./session/sign-in.js";
import { Shell } from "./shell.js";
import { language } from "./words/language.js";

/** The whole page: a form for who is not signed in, and the rooms for who is. */
export function App() {
  useEffect(() => {
    document.documentElement.lang = language.value;
  }, [language.value]);
  return (
    <>
      <Content />
      <Toasts />
    </>
  );
}

function Content() {
  if (entryFault.value !== undefined) {
    return <Failure error={entryFault.value} onRetry={() => void loadMe()} />;
  }
  if (me.value === undefined) return <Loading />;
  if (me.value === null) return <SignIn />;
  const room = roomOf(place.value.path);
  const mayEnter = room?.isForAdmins !== true || me.value.role === "admin";
  return (
    <Shell account={me.value} room={room}>
      {room !== undefined && mayEnter ? (
        <RoomView key={room.name} room={room} />
      ) : (
        <p class="empty">{appWords.value.notFound}</p>
      )}
    </Shell>
  );
}

/** Loads a room when it is opened. */
function RoomView({ room }: { readonly room: Room }) {
  const View = useSignal<{ readonly View?: ComponentType; readonly fault?: unknown }>({});
  const load = () => {
    View.value = {};
    void Promise.resolve()
      .then(() => room.load())
      .then((view) => (View.value = { View: view }))
      .catch((fault: unknown) => (View.value = { fault }));
  };
  useEffect(load, [room]);
  const { View: Loaded, fault } = View.value;
  if (fault !== undefined) return <Failure error={fault} onRetry={load} />;
  return Loaded === undefined ? <Loading /> : <Loaded />;
}
