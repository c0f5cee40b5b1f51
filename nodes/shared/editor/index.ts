/** Editor code that the panels share. Loaded once, before the nodes, as resources/editor.js. */
export {};
