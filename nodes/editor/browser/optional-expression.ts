import { type Query } from './red.js';

/** What Node-RED makes of a typed input while its expression is edited in a tray. */
interface TypedInput {
  value(): string;
  value(value: string): void;
}

/** Makes a text field one for a JSONata expression that may be empty, which Node-RED's own calls invalid. */
export function optionalExpression(id: string): Query {
  return $(`#${id}`).typedInput({
    types: [
      {
        value: 'jsonata',
        icon: 'red/images/typedInput/expr.svg',
        validate: (value: string) =>
          value.trim() === '' || RED.utils.validateTypedProperty(value, 'jsonata') === true,
        expand(this: TypedInput) {
          // Line ends do not fit into a field of one line; as Node-RED has it, they are tabs there.
          RED.editor.editExpression({
            value: this.value().replaceAll('\t', '\n'),
            complete: (value) => this.value(value.replaceAll('\n', '\t')),
          });
        },
      },
    ],
    default: 'jsonata',
  });
}
