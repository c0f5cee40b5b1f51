/**
 * `void promise` hides a promise from no-floating-promises and owns nothing: where it is rejected Node-RED ends. In
 * an arrow (`() => void work()`) that rule does not look at all.
 */
export const ownedPromises = {
  rules: {
    'no-void': {
      meta: {
        type: 'problem',
        schema: [],
        messages: { unowned: 'Nobody owns this promise. Wait for it, or give it to own() of src/own.ts.' },
      },
      create(context) {
        const services = context.sourceCode.parserServices;
        return {
          'UnaryExpression[operator="void"]'(node) {
            const type = services.getTypeAtLocation(node.argument);
            const parts = type.isUnion() ? type.types : [type];
            if (parts.some((part) => part.getProperty('then') !== undefined))
              context.report({ node, messageId: 'unowned' });
          },
        };
      },
    },
  },
};
