export declare function helpHtml(root: string, name: string, language: string): string;
