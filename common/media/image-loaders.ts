/** The types of images that can be decoded, and what libvips calls their loaders. */
export const IMAGE_LOADERS: Readonly<Record<string, string>> = {
  "image/jpeg": "VipsForeignLoadJpegBuffer",
  "image/png": "VipsForeignLoadPngBuffer",
  "image/apng": "VipsForeignLoadPngBuffer",
  "image/gif": "VipsForeignLoadNsgifBuffer",
  "image/webp": "VipsForeignLoadWebpBuffer",
  "image/avif": "VipsForeignLoadHeifBuffer",
  "image/tiff": "VipsForeignLoadTiffBuffer",
};

export const IMAGE_TYPES: readonly string[] = Object.keys(IMAGE_LOADERS);
