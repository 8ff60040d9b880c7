/* finesse.restservices: what all lists have in common (desktop.md §5.3, §9). */
"use strict";

((finesse) => {
  const { RestBase } = finesse.restservices;
  const { Utilities } = finesse.utilities;
  const { either, lastOf } = finesse.internal;

  /** A list: `onCollectionAdd(one)` for each that is there or comes, `onCollectionDelete(one)` for each that goes. */
  class RestCollectionBase extends RestBase {
    prepare({ onCollectionAdd, onCollectionDelete }) {
      this._collection = {};
      for (const [kind, callback] of Object.entries({ collectionAdd: onCollectionAdd, collectionDelete: onCollectionDelete })) {
        this._callbacks[kind] = Utilities.validateHandler(callback) ? [{ callback, scope: null }] : [];
      }
    }

    /** The class of what is in it. */
    getRestItemClass() {
      throw new Error("getRestItemClass() is for each kind of list to say.");
    }

    /** The element of what is in it. */
    getRestItemType() {
      return this.getRestItemClass().prototype.getXMLRestType();
    }

    /** What is in it, by id. */
    getCollection() {
      return this._collection;
    }

    /** Under which id something is kept. */
    keyOf(data) {
      return lastOf(data?.uri) || String(data?.id ?? "");
    }

    /** The options of what is made of data. */
    optionsOf(data) {
      return { id: this.keyOf(data), data };
    }

    itemsIn(data) {
      return Utilities.getArray(either(data, this.getRestItemType()));
    }

    take(data) {
      const isFirst = !this._isLoaded;
      this._data = data ?? {};
      this._isLoaded = true;
      const items = this.itemsIn(this._data);
      const kept = new Set(items.map((one) => this.keyOf(one)));
      for (const key of Object.keys(this._collection)) {
        if (!kept.has(key)) {
          this.drop(key);
        }
      }
      items.forEach((one) => this.add(one));
      this.tell(isFirst ? "load" : "change");
    }

    add(data) {
      const key = this.keyOf(data);
      const known = Object.hasOwn(this._collection, key) ? this._collection[key] : null;
      if (known) {
        known.take(data);
      } else if (key) {
        const Kind = this.getRestItemClass();
        const one = new Kind(this.optionsOf(data));
        this._collection[key] = one;
        this.tell("collectionAdd", one);
      }
    }

    drop(key, data) {
      if (!Object.hasOwn(this._collection, key)) {
        return;
      }
      const one = this._collection[key];
      delete this._collection[key];
      if (data && Object.keys(data).length > 1) {
        one._data = data;
      }
      one.dispose();
      one.tell("delete");
      this.tell("collectionDelete", one);
    }

    update({ event, source, data }) {
      const list = either(data, this.getXMLRestType());
      const items = list ? this.itemsIn(list) : this.itemsIn(data);
      for (const one of items) {
        const key = this.keyOf(one) || lastOf(source);
        if (event === "DELETE") {
          this.drop(key, one);
        } else if (event === "POST" || (event === "PUT" && Object.hasOwn(this._collection, key))) {
          this.add(one);
        }
      }
      if (items.length > 0 && source === this.getRestUrl()) {
        this.tell(event === "DELETE" ? "delete" : event === "POST" ? "add" : "change");
      } else if (items.length > 0 && event === "PUT") {
        this.tell("change");
      }
    }

    dispose() {
      super.dispose();
      Object.values(this._collection).forEach((one) => one.dispose());
    }
  }

  /** A class of lists. */
  const listOf = (Kind, type, Base = RestCollectionBase) =>
    class extends Base {
      getRestType() {
        return type;
      }

      getRestItemClass() {
        return Kind;
      }
    };

  finesse.restservices.RestCollectionBase = RestCollectionBase;
  finesse.internal.listOf = listOf;
})(window.finesse);
