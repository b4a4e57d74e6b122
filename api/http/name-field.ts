import { InvalidNameError, type NameField } from "../../common/entries/errors.js";

/**
 * Does what may refuse a name, and says which field of the request had it.
 *
 * @throws {@link InvalidNameError} with the field, and whatever else `work` throws.
 */
export async function withNameIn<T>(field: NameField, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof InvalidNameError ? error.in(field) : error;
  }
}
