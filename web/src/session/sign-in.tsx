import { useSignal } from "@preact/signals";
import { Problem } from "../http/problem.js";
import { Field } from "../parts/field.js";
import { useTask } from "../parts/task.js";
import { goTo, hrefTo, place } from "../routing/place.js";
import { register, signIn } from "./session.js";
import { signInWords } from "./words.js";

/** The page of somebody who is not signed in: a form to sign in, or to create an account at `/drive/register`. */
export function SignIn() {
  const t = signInWords.value;
  const isNew = place.value.path[0] === "register";
  const username = useSignal("");
  const password = useSignal("");
  const code = useSignal("");
  const needsCode = useSignal(false);
  const task = useTask(async () => {
    const given = { username: username.value.trim(), password: password.value };
    const invitation = place.value.query.get("invitation");
    if (isNew) {
      await register({ ...given, ...(invitation !== null && { invitation }) });
      goTo(hrefTo([]), { replaces: true });
      return;
    }
    try {
      await signIn({ ...given, ...(needsCode.value && { code: code.value.trim() }) });
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== "second-factor-required") throw error;
      needsCode.value = true;
    }
  });
  const current = isNew ? "new-password" : "current-password";
  return (
    <main class="entry">
      <h1>{isNew ? t.registerTitle : t.title}</h1>
      <p class="muted">{t.intro}</p>
      <form onSubmit={task.start}>
        <Field label={t.username} value={username} autocomplete="username" required focused />
        <Field
          label={t.password}
          value={password}
          type="password"
          autocomplete={current}
          required
        />
        {needsCode.value && (
          <Field label={t.code} value={code} autocomplete="one-time-code" required focused />
        )}
        {task.fault !== undefined && (
          <p class="fault" role="alert">
            {task.fault}
          </p>
        )}
        <button class="primary" type="submit" disabled={task.isRunning}>
          {isNew ? t.register : t.submit}
        </button>
      </form>
      <p>
        <a href={isNew ? hrefTo([]) : hrefTo(["register"])}>{isNew ? t.toSignIn : t.toRegister}</a>
      </p>
    </main>
  );
}
