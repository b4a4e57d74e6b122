/** What a page cannot set by itself: the browser keeps this cookie, and sends it. */
const COOKIE = "session";

/** What Swagger UI looks like here: a header of our own, and a dialog for the credentials that one can paste. */
globalThis.StowagePlugin = ({ React, getSystem }) => ({
  components: {
    Topbar: ({ getComponent }) =>
      React.createElement(
        "header",
        { className: "topbar" },
        React.createElement("a", { className: "brand", href: "/docs" }, "Stowage"),
        React.createElement("a", { className: "document", href: "/openapi.json" }, "openapi.json"),
        React.createElement(getComponent("DarkModeToggle")),
      ),
    authorizeOperationBtn: ({ isAuthorized }) => {
      // An operation that may also be asked for by nobody is always authorized.
      const isSent = isAuthorized && getSystem().authSelectors.authorized().size > 0;
      const title = isSent
        ? "Sent with what you gave in the Authorize dialog"
        : "Register, log in or authorize first";
      const text = isSent ? "authorized" : "sign in first";
      return React.createElement("span", { className: "needs-session", title }, text);
    },
  },
  wrapComponents: {
    authorizationPopup: (Popup) => (props) => {
      // Each form takes the focus for itself, so the last one gets it and the dialog is scrolled down to it.
      React.useEffect(() => globalThis.document.querySelector(".modal-ux input")?.focus(), []);
      return React.createElement(Popup, props);
    },
  },
  statePlugins: {
    auth: {
      wrapSelectors: {
        definitionsToAuthorize:
          (list) =>
          (...args) =>
            list(...args).filter((definition) => !definition.has(COOKIE)),
      },
    },
  },
});
