/** GET /api/shared-folders. */
import { type SharedFolderList, sharedFolderList } from "../file-contract.ts";
import type { Route } from "../route.ts";

export const sharedFolderListRoute: Route = {
  method: "GET",
  url: "/api/shared-folders",
  summary: "Folders of the file server that released files may be saved to",
  gives: sharedFolderList,
  access: "signed-in",
  handle({ deps: { sharedFolders }, caller }): Promise<SharedFolderList> {
    const folders = sharedFolders.foldersFor(caller.user).map((folder) => ({ ...folder }));
    return Promise.resolve({ folders });
  },
};
