/* finesse.containerservices.PopoverSchema, ChannelSchema and finesse.utilities.JsonValidator (desktop.md §8.5, §8.6). */
"use strict";

((finesse) => {
  const text = { type: "string" };
  const required = (properties, names = Object.keys(properties)) => ({ type: "object", properties, required: names });
  const listOf = (items, limits = {}) => ({ type: "array", items, ...limits });

  const icon = required({ type: { enum: ["collab-icon", "url"] }, value: text });
  const confirmButton = required({ id: text, label: text, hoverText: text }, ["id", "label"]);

  const POPOVER = {
    BannerData: required(
      {
        icon,
        content: listOf(required({ name: text, value: text })),
        headerContent: required({ maxHeaderTitle: text, minHeaderTitle: text }, []),
      },
      ["icon"],
    ),
    TimerData: required(
      {
        displayTimeoutInSecs: { anyOf: [{ enum: [-1] }, { type: "integer", minimum: 3, maximum: 3600 }] },
        display: { type: "boolean" },
        counterType: { enum: ["COUNT_UP", "COUNT_DOWN"] },
      },
      ["displayTimeoutInSecs", "display"],
    ),
    ActionData: required(
      {
        dismissible: { type: "boolean" },
        keepMaximised: { type: "boolean" },
        clientIdentifier: text,
        requiredActionText: text,
        buttons: listOf(
          required(
            { id: text, label: text, type: { enum: ["Affirm", "Decline"] }, hoverText: text, confirmButtons: listOf(confirmButton) },
            ["id", "label", "type"],
          ),
          { maxItems: 2 },
        ),
      },
      ["dismissible", "clientIdentifier"],
    ),
  };

  const CHANNEL = {
    MenuConfig: required({ label: text, menuItems: listOf(required({ id: text, label: text, iconColor: text })) }),
    ChannelConfig: required({
      actionTimeoutInSec: { type: "integer", minimum: 1, maximum: 30 },
      icons: listOf(icon, { minItems: 1 }),
    }),
    ChannelState: required(
      {
        label: text,
        currentState: text,
        iconColor: text,
        enable: { type: "boolean" },
        logoutDisabled: { type: "boolean" },
        logoutDisabledText: text,
        iconBadge: { enum: ["none", "info", "warning", "error"] },
        hoverText: text,
      },
      ["label", "currentState", "iconColor", "enable", "logoutDisabled", "iconBadge"],
    ),
  };

  /** A new copy each time: who changes his changes nobody else's. */
  const telling = (schemas) =>
    Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [`get${name}Schema`, () => structuredClone(schema)]));

  const typeOf = (value) => {
    if (value === null) {
      return "null";
    }
    return Array.isArray(value) ? "array" : typeof value;
  };

  const isOf = (value, type) => (type === "integer" ? Number.isInteger(value) : typeOf(value) === type);

  const MAX_DEPTH = 32;

  /** What is wrong with a value, each as a sentence with the place. */
  const faults = (value, schema, place, depth) => {
    const { type, enum: allowed, anyOf, properties = {}, items } = schema;
    const types = type === undefined ? [] : [].concat(type);
    if (depth > MAX_DEPTH) {
      return [`${place} is nested too deeply`];
    }
    if (types.length && !types.some((one) => isOf(value, one))) {
      return [`${place} is not of the type ${types.join(" or ")}`];
    }
    if (allowed && !allowed.some((one) => one === value)) {
      return [`${place} is none of ${allowed.map((one) => JSON.stringify(one)).join(", ")}`];
    }
    if (anyOf && !anyOf.some((one) => faults(value, one, place, depth + 1).length === 0)) {
      return [`${place} is none of what is allowed`];
    }
    const found = [];
    const limit = (isBroken, words) => {
      if (isBroken) {
        found.push(`${place} ${words}`);
      }
    };
    if (typeof value === "number") {
      limit(value < schema.minimum, `is less than ${schema.minimum}`);
      limit(value > schema.maximum, `is more than ${schema.maximum}`);
    }
    if (typeof value === "string") {
      limit(value.length < schema.minLength, `has less than ${schema.minLength} characters`);
      limit(value.length > schema.maxLength, `has more than ${schema.maxLength} characters`);
    }
    if (Array.isArray(value)) {
      limit(value.length < schema.minItems, `has less than ${schema.minItems} items`);
      limit(value.length > schema.maxItems, `has more than ${schema.maxItems} items`);
      if (items) {
        value.forEach((one, index) => found.push(...faults(one, items, `${place}[${index}]`, depth + 1)));
      }
    } else if (typeOf(value) === "object") {
      for (const name of schema.required ?? []) {
        limit(!Object.hasOwn(value, name), `has no ${name}`);
      }
      for (const [name, one] of Object.entries(properties)) {
        if (Object.hasOwn(value, name)) {
          found.push(...faults(value[name], one, `${place}.${name}`, depth + 1));
        }
      }
      if (schema.additionalProperties === false) {
        for (const name of Object.keys(value)) {
          limit(!Object.hasOwn(properties, name), `has ${name}, which is unknown`);
        }
      }
    }
    return found;
  };

  finesse.containerservices.PopoverSchema = telling(POPOVER);
  finesse.containerservices.ChannelSchema = telling(CHANNEL);
  finesse.digital.ChannelSchema = finesse.containerservices.ChannelSchema;
  finesse.utilities.JsonValidator = {
    /** `{isValid, errors}` of a value: the words of JSON Schema that the schemas above use, and limits of texts. */
    validateJson(data, schema) {
      const errors = faults(data, schema, "data", 0);
      return { isValid: errors.length === 0, errors };
    },
  };
})(window.finesse);
