import { object } from "yup";
import { cursor, folderId, id, limit } from "../http/fields.js";

export const listTrash = { query: object({ limit, cursor }) };

export const oneItem = { params: object({ id }) };

export const restoreItem = { ...oneItem, body: object({ folderId }) };

export const noParameters = { query: object({}) };
