/** Whether an answer has the shape that the document of the API promises. Throws where it has not. */
import { routes } from "../../orchestrator/http/routes.ts";

const patterns = routes.map((route) => ({
  route,
  pattern: new RegExp(`^${route.url.replaceAll(".", "\\.").replaceAll(/:\w+/g, "[^/]+")}$`),
}));

export function assertAsDocumented(
  method: string,
  path: string,
  answer: { readonly status: number; readonly body: Buffer },
): void {
  const [plain = ""] = path.split("?");
  const found = patterns.find(
    ({ route, pattern }) => route.method === method && pattern.test(plain),
  );
  if (found === undefined || answer.status >= 300) return;
  const { gives } = found.route;
  if (gives === undefined) {
    if (answer.status !== 204) throw new Error(`${method} ${plain} answers with more than said`);
  } else if ("parse" in gives) gives.parse(JSON.parse(answer.body.toString()));
}
