/* finesse.utilities.DesktopCache: what a gadget keeps in the browser's IndexedDB (desktop.md §8.8). */
"use strict";

((finesse) => {
  const NAME = "finesse_tx.cache";
  const STORE = "records";
  const MAX_RECORDS = 1_000;
  const MAX_CHARACTERS = 1_048_576;

  let group = "";
  let opening = null;

  const done = (request) =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });

  /** The database, opened once; once more after a failure. */
  const database = () => {
    if (!opening) {
      opening = (async () => {
        const request = window.indexedDB.open(NAME, 1);
        request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: ["group", "key"] });
        const opened = await done(request);
        opened.onversionchange = () => opened.close();
        return opened;
      })();
      opening.catch(() => {
        opening = null;
      });
    }
    return opening;
  };

  const ours = () => window.IDBKeyRange.bound([group], [group, []]);

  /** Do something in one transaction; the callback gets an error, or null and the result. */
  const work = async (callback, mode, act) => {
    let error = null;
    let result;
    try {
      const transaction = (await database()).transaction(STORE, mode);
      const ended = new Promise((resolve, reject) => {
        transaction.oncomplete = resolve;
        transaction.onabort = () => reject(transaction.error ?? new Error("It was given up."));
      });
      ended.catch(() => {}); // what `act` throws is told instead
      result = await act(transaction.objectStore(STORE), transaction);
      await ended;
    } catch (failure) {
      error = failure;
    }
    callback?.(error, error ? undefined : result);
  };

  const shown = ({ key, data }) => ({ key, data });

  finesse.utilities.DesktopCache = {
    /** From now on this gadget's records are those of a group; without one, of all gadgets that say none. */
    setGroup(name) {
      group = String(name ?? "");
    },

    /** One record's data by its key, undefined if there is none; without a key all records, `[{key, data}]`. */
    fetchData(key, callback) {
      work(callback, "readonly", async (store) => {
        if (key === null || key === undefined || key === "") {
          return (await done(store.getAll(ours()))).map(shown);
        }
        return (await done(store.get([group, String(key)])))?.data;
      });
    },

    /** Keep `[{key, data}]`: all, or with an error none. At most 1,000 records of a group, of a million characters each. */
    saveOrUpdateData(records, callback) {
      work(callback, "readwrite", async (store, transaction) => {
        try {
          for (const { key, data } of [].concat(records)) {
            if (JSON.stringify(data ?? null).length > MAX_CHARACTERS) {
              throw new RangeError(`"${key}" is too large.`);
            }
            store.put({ group, key: String(key), data });
          }
          if ((await done(store.count(ours()))) > MAX_RECORDS) {
            throw new RangeError("There are too many records.");
          }
        } catch (error) {
          transaction.abort();
          throw error;
        }
      });
    },

    deleteData(key, callback) {
      work(callback, "readwrite", (store) => done(store.delete([group, String(key)])));
    },

    /** All records of the group are gone. */
    clearData(callback) {
      work(callback, "readwrite", (store) => done(store.delete(ours())));
    },
  };
})(window.finesse);
