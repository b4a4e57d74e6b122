/** What Swagger UI looks like here: a header of our own, and no dialog for a cookie that a page cannot set anyway. */
globalThis.StowagePlugin = ({ React }) => ({
  components: {
    Topbar: ({ getComponent }) =>
      React.createElement(
        "header",
        { className: "topbar" },
        React.createElement("a", { className: "brand", href: "/docs" }, "Stowage"),
        React.createElement("a", { className: "document", href: "/openapi.json" }, "openapi.json"),
        React.createElement(getComponent("DarkModeToggle")),
      ),
    AuthorizeBtnContainer: () => null,
    authorizeOperationBtn: () =>
      React.createElement(
        "span",
        { className: "needs-session", title: "Register or log in first" },
        "sign in first",
      ),
  },
});
