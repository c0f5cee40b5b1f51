export function look(selector: string): string[];
