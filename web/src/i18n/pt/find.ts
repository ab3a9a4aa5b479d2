export const find = {
};
