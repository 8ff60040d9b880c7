/** Where a standstill is kept until the desktop is loaded again: workers have no other place, and the page is not there to ask. */

/** @typedef {import("./standstill.js").Standing} Standing */

const DATABASE = "finesse-tx.standstill";
const STORE = "standing";

/**
 * @template T
 * @param {IDBRequest<T>} request
 * @returns {Promise<T>}
 */
function answered(request) {
  return new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });
}

/**
 * @param {(store: IDBObjectStore) => IDBRequest} first Begins what is done.
 * @returns {Promise<unknown>}
 */
async function inStore(first) {
  const opening = indexedDB.open(DATABASE, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
  const database = await answered(opening);
  try {
    return await answered(first(database.transaction(STORE, "readwrite").objectStore(STORE)));
  } finally {
    database.close();
  }
}

/**
 * @param {string} loginId
 * @param {Standing} standing
 */
export async function keepStanding(loginId, standing) {
  await inStore((store) => store.put(standing, loginId));
}

/** @param {string} loginId */
export async function forgetStanding(loginId) {
  await inStore((store) => store.delete(loginId));
}

/**
 * What was seen before the page was loaded, once.
 *
 * @param {string} loginId
 * @returns {Promise<Standing | null>}
 */
export async function lastStanding(loginId) {
  const found = /** @type {Standing | undefined} */ (await inStore((store) => store.get(loginId)));
  if (!found) {
    return null;
  }
  await forgetStanding(loginId);
  return found;
}
