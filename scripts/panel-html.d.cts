export declare function panelHtml(root: string, name: string): string;
