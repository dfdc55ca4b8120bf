export const s3 = { name: "s3", fromUrl: () => null } as never;
