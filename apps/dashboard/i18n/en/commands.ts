/** Texts of the palette of commands and of the shortcuts. */
export const commands = {
  title: "Go to …",
  search: "Page, server, execution or setting",
  none: "Nothing fits",
  page: "Page",
  server: "Server",
  execution: "Execution",
  setting: "Setting",
  shortcuts: "Keyboard shortcuts",
  goSearch: "Search on this page",
  letters: "Single letters are shortcuts",
};
