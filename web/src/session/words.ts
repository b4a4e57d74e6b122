import { catalogue } from "../words/language.js";

export const signInWords = catalogue({
  en: {
    title: "Sign in",
    registerTitle: "Create an account",
    username: "Username",
    password: "Password",
    code: "Code of your authenticator app, or a recovery code",
    submit: "Sign in",
    register: "Create account",
    toRegister: "No account yet? Create one",
    toSignIn: "You have an account? Sign in",
    intro: "Your files, on your own server.",
  },
  de: {
    title: "Anmelden",
    registerTitle: "Konto anlegen",
    username: "Benutzername",
    password: "Passwort",
    code: "Code der Authenticator-App oder ein Wiederherstellungscode",
    submit: "Anmelden",
    register: "Konto anlegen",
    toRegister: "Noch kein Konto? Jetzt anlegen",
    toSignIn: "Schon ein Konto? Anmelden",
    intro: "Deine Dateien, auf deinem eigenen Server.",
  },
});
