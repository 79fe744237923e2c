/** Path parameters. */
import { z } from "zod";

export const idParams = z.strictObject({ id: z.string().min(1).max(64) });
