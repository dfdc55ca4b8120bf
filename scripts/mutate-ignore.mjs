/**
 * Of a schema, what it says to people (`describe`, `meta`) and a part's `summary`: they stand word for word in pages that are
 * made from code, and the tests of those pages compare them whole.
 */
import { declareValuePlugin, PluginKind } from "@stryker-mutator/api/plugin";

const isProse = (path) =>
  (path.isCallExpression() && ["describe", "meta"].includes(path.node.callee.property?.name ?? "")) ||
  (path.isObjectProperty() && path.node.key.name === "summary");

export const strykerPlugins = [
  declareValuePlugin(PluginKind.Ignore, "prose", {
    shouldIgnore: (path) =>
      path.findParent((above) => isCallOfProse(above, path)) !== null || (path.isObjectProperty() && isProse(path))
        ? "compared in the pages that are made from code"
        : undefined,
  }),
];

/** Whether `path` lies among the arguments of such a call; what the call is made on is code like any other. */
function isCallOfProse(above, path) {
  return (
    isProse(above) &&
    above.isCallExpression() &&
    above.node.arguments.some((one) => one.start <= path.node.start && path.node.end <= one.end)
  );
}
