export const operate = {
};
