/** How many different notes are kept; a document that has more of them is told so. */
const MAX_NOTES = 100;

/** What an import does not carry over, in sentences for whoever imports: each once. */
export class ImportNotes {
  private readonly notes = new Set<string>();

  add(note: string): void {
    if (this.notes.size < MAX_NOTES) this.notes.add(note.slice(0, 400));
    else this.notes.add('There is more that is not carried over.');
  }

  get list(): string[] {
    return [...this.notes];
  }
}
