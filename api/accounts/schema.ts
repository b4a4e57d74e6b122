import { object } from "yup";
import { password, username } from "../http/fields.js";

/** `POST /register` and `POST /login`. */
export const credentials = { body: object({ username, password }) };
