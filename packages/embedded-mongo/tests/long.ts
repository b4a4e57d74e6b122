/** Whether the long forms run: `npm run test:long`. */
export const isLong = process.env["STOWAGE_LONG_TESTS"] === "1";
